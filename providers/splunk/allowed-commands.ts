/**
 * Splunk's commands that only read: they search, compute on rows or draw from lookups. What is not here writes, sends,
 * runs other programs or asks other systems, as collect, outputlookup, delete, sendemail, map, rest and dbxquery do.
 *
 * @see https://docs.splunk.com/Documentation/Splunk/latest/SearchReference/ListOfSearchCommands
 */
export const ALLOWED_COMMANDS: ReadonlySet<string> = new Set(
  (
    'abstract accum addcoltotals addinfo addtotals analyzefields anomalies anomalousvalue anomalydetection append ' +
    'appendcols appendpipe arules associate autoregress bin bucket bucketdir chart cluster cofilter concurrency ' +
    'contingency convert correlate datamodel dedup delta diff erex eval eventcount eventstats extract fieldformat ' +
    'fields fieldsummary filldown fillnull findtypes folderize foreach gauge gentimes geom geomfilter geostats head ' +
    'highlight iconify inputlookup iplocation join kmeans kv kvform localize lookup makecontinuous makemv makeresults ' +
    'mcatalog metadata metasearch mstats multikv multisearch mvcombine mvexpand nomv outlier pivot predict rangemap ' +
    'rare reltime regex relevancy rename replace return reverse rex search searchtxn selfjoin set setfields sort ' +
    'spath stats strcat streamstats table tags tail timechart timewrap top transaction transpose trendline ' +
    'tstats typer uniq untable where x11 xmlkv xmlunescape xpath xyseries'
  ).split(' '),
);
