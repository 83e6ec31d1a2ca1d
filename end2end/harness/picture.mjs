// Pictures of pages that can be compared: what moves is taken out, the letters come from one font, and what is compared is
// so small that it shows where things are and in which colour, and not how a machine smooths its letters.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./forewatch.mjs";

/** CSS pixels of the page that become one of the picture, by the page's width. */
export const scales = { 1440: 6, 768: 4, 390: 3 };
/** How far a channel of a pixel may be off, of 255: letters of another smoothness stay within. */
const OFF = 40;
/** Which share of the pixels may be further off. */
export const SHARE = 0.004;

const fonts = Object.fromEntries([400, 600].map((weight) => {
  const path = join(root, `end2end/node_modules/@fontsource/inter/files/inter-latin-${weight}-normal.woff2`);
  return [weight, readFileSync(path).toString("base64")];
}));
const style = `
  :root { --font: Still !important; --mono: Still !important; }
  *, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }
  canvas, .spark, .area, .report-draw, .toasts, .cell, .m { visibility: hidden !important; }
`;

/** The page as it is compared: still, in one font, each number the same. */
export async function settle(page) {
  await page.addStyleTag({ content: style });
  await page.evaluate(async (fonts) => {
    for (const [weight, font] of Object.entries(fonts)) {
      const bytes = Uint8Array.from(atob(font), (sign) => sign.charCodeAt(0));
      document.fonts.add(await new FontFace("Still", bytes, { weight }).load());
    }
    await document.fonts.ready;
    const months = /\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g;
    const still = (text) => text.replace(/\b(yesterday|tomorrow) /g, "").replace(months, "Mon").replace(/forewatch-\w{6}/g, "forewatch-000000").replace(/\d+([.,]\d+)*/g, "00");
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const parent = node.parentElement;
      if (/^(SCRIPT|STYLE)$/.test(parent.tagName)) continue;
      const next = parent.closest(".id, .crumbs b") ? "00" : still(node.data);
      if (next !== node.data) node.data = next;
    }
    for (const field of document.querySelectorAll("input")) field.type === "datetime-local" ? (field.style.visibility = "hidden") : null;
  }, fonts);
}

/** A picture made small: PNG. What follows runs in a page of the browser, which can read and draw pictures. */
export function shrunk(helper, png, scale) {
  return helper.evaluate(async ([data, scale]) => {
    const load = async (data) => createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const image = await load(data);
    const full = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
    full.drawImage(image, 0, 0);
    const from = full.getImageData(0, 0, image.width, image.height).data;
    const [width, height] = [Math.floor(image.width / scale), Math.floor(image.height / scale)];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const small = canvas.getContext("2d");
    const to = small.createImageData(width, height);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0;
          for (let dy = 0; dy < scale; dy++) {
            for (let dx = 0; dx < scale; dx++) sum += from[((y * scale + dy) * image.width + x * scale + dx) * 4 + channel];
          }
          // In steps: what nobody sees would take most of the file.
          to.data[(y * width + x) * 4 + channel] = Math.min(255, Math.round(sum / (scale * scale) / 17) * 17);
        }
        to.data[(y * width + x) * 4 + 3] = 255;
      }
    }
    small.putImageData(to, 0, 0);
    return canvas.toDataURL("image/png").split(",")[1];
  }, [png.toString("base64"), scale]).then((data) => Buffer.from(data, "base64"));
}

/** Which share of the pixels of two small pictures is too far off; 1 when they are not of one size. */
export function difference(helper, one, other) {
  return helper.evaluate(async ([one, other, off]) => {
    const read = async (data) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
      context.drawImage(image, 0, 0);
      return context.getImageData(0, 0, image.width, image.height);
    };
    const [a, b] = [await read(one), await read(other)];
    if (a.width !== b.width || a.height !== b.height) return 1;
    let count = 0;
    for (let at = 0; at < a.data.length; at += 4) {
      if ([0, 1, 2].some((channel) => Math.abs(a.data[at + channel] - b.data[at + channel]) > off)) count++;
    }
    return count / (a.width * a.height);
  }, [one.toString("base64"), other.toString("base64"), OFF]);
}
