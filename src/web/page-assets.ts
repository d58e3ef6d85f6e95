import { type Asset, assetNamed } from './assets.ts';

/** Of the list, the configs and the comparison, which show badges and charts as reports do. */
export const PAGE_STYLES: readonly Asset[] = ['report.css', 'charts.css', 'pages.css'].map(assetNamed);
/** Reading values off charts, and zooming. */
export const CHART_SCRIPT: Asset = assetNamed('chart.js');
