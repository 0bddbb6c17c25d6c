// The page's scripts are plain scripts in one scope; here a few of them are put into a scope of their own, without a page.
import {readFileSync} from 'node:fs';
import vm from 'node:vm';

const FOLDER = new URL('../../templates/html/script/', import.meta.url);

/** What these scripts define under these names. */
export function loaded(files, names) {
  const source = files.map(file => readFileSync(new URL(`${file}.js`, FOLDER), 'utf8')).join('\n');
  return vm.runInThisContext(`(() => {'use strict';\n${source}\nreturn {${names.join(', ')}};})()`);
}
