// Brotli and gzip beside every file that gets smaller by it, so that the server compresses nothing per request.

import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const compressible = /\.(js|wasm|css|svg|json|webmanifest|txt|html|ico)$/;

/** Code for machines comes in steps of four bytes more often than text does, as fonts do; in shorter blocks it is smallest. */
const code = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_FONT, [constants.BROTLI_PARAM_LGBLOCK]: 17 };

/** Adds `name.br` and `name.gz` to the map. */
export async function compressAll(files, thorough) {
  const brotli = promisify(brotliCompress);
  const zip = promisify(gzip);
  const quality = thorough ? constants.BROTLI_MAX_QUALITY : 4;
  await Promise.all(
    [...files].filter(([name]) => compressible.test(name)).map(async ([name, content]) => {
      const params = {
        [constants.BROTLI_PARAM_QUALITY]: quality,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
        ...(name.endsWith(".wasm") ? code : {}),
      };
      const [br, gz] = await Promise.all([brotli(content, { params }), zip(content, { level: thorough ? 9 : 4 })]);
      if (br.length < content.length) files.set(`${name}.br`, br);
      if (gz.length < content.length) files.set(`${name}.gz`, gz);
    }),
  );
}
