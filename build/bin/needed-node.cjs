'use strict';

/** Whether `node:sqlite` has what we use: the same as `engines` says. */
exports.isNewEnough = (version) => {
  const [major, minor] = version.split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 16);
};

/** One sentence for a terminal. */
exports.remedy = (version) =>
  `haldane: needs Node 22.16 or later, or 24 or later, and this is ${version}; install one, or let npm bring it: ` +
  'npx -p node@24 -p haldane haldane <command>';
