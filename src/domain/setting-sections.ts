/** The sections of a judge's settings in forms, in the order in which people think of them. */
export const SETTING_SECTIONS = {
  harm: { title: 'What counts as harm', about: 'which change is bad, how much of it is allowed, what it means' },
  limits: { title: 'Limits', about: 'what the canary must keep to whatever a comparison says' },
  requests: { title: 'Requests behind it', about: 'errors and percentiles say more beside their requests' },
  data: { title: 'Missing data', about: 'sides and points without a value' },
  doubt: { title: 'When nobody can tell', about: 'what is neither shown harmful nor harmless, or is over' },
  arms: { title: 'What is known of both sides', about: 'traffic and the day before, for scatter and spikes' },
  looks: { title: 'Where and how often to look', about: 'the end of the window, and several judgements' },
  tuning: { title: 'Fine tuning', about: 'measured defaults, rarely changed' },
} as const;
export type SettingSection = keyof typeof SETTING_SECTIONS;
