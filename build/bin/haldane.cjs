#!/usr/bin/env node
'use strict';
// The first file of the package that Node reads. Old versions have to understand it, so it is written as for Node 14.
const needed = require('./needed-node.cjs');

const WORKING_AFTER_MILLIS = 2000;

if (needed.isNewEnough(process.versions.node)) {
  hideSqliteWarning();
  startInLittleRoom();
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

/**
 * V8 gives new objects more and more room while a program starts, and never takes it back: 30 MB that an idle service
 * would hold for nothing. Once the program works, the room grows as ever. To clear so little is no work for several
 * threads, which wait for each other.
 */
function startInLittleRoom() {
  const v8 = require('node:v8');
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  v8.setFlagsFromString('--no-parallel-scavenge');
  const work = () => {
    v8.setFlagsFromString('--semi-space-growth-factor=2');
    v8.setFlagsFromString('--parallel-scavenge');
  };
  setTimeout(work, WORKING_AFTER_MILLIS).unref();
}
