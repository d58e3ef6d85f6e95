#!/usr/bin/env node
'use strict';
// The first file of the package that Node reads. Old versions have to understand it, so it is written as for Node 14.
const needed = require('./needed-node.cjs');

if (needed.isNewEnough(process.versions.node)) {
  hideSqliteWarning();
  // Node keeps the compiled program in its own folder below the temporary one; NODE_COMPILE_CACHE names another.
  require('node:module').enableCompileCache();
  import('../lib/haldane.js');
} else {
  process.stderr.write(`${needed.remedy(process.versions.node)}\n`);
  process.exitCode = 1;
}

/** Node 22 says of SQLite that it may change; that is for us to know, and would stand above every answer. */
function hideSqliteWarning() {
  const { emitWarning } = process;
  process.emitWarning = (warning, type, ...more) => {
    if (type === 'ExperimentalWarning' && String(warning).startsWith('SQLite')) return;
    emitWarning.call(process, warning, type, ...more);
  };
}
