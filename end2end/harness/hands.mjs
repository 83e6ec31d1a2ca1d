// The ways in which people use a page: with the keyboard, with a finger, or where its program or every script is missing. Each
// can open a page, press what can be pressed, write, choose from a list, and enter a moment ("2026-01-06T14:00").

import { expect } from "@playwright/test";
import { launchOptions } from "./browser.mjs";
import { live } from "./world.mjs";

/** Links and forms alone. */
class Plain {
  constructor(page) {
    this.page = page;
  }

  async open(address) {
    await this.page.goto(address);
  }

  press(target) {
    return target.click();
  }

  write(field, text) {
    return field.fill(text);
  }

  choose(list, label) {
    return list.selectOption({ label });
  }

  enter(field, moment) {
    return field.fill(moment);
  }
}

class WithoutWasm extends Plain {
  async open(address) {
    await this.page.route("**/*.wasm", (route) => route.abort());
    await super.open(address);
  }
}

class Touch extends Plain {
  async open(address) {
    await super.open(address);
    await live(this.page);
  }

  press(target) {
    return target.tap();
  }

  async write(field, text) {
    await field.tap();
    await this.page.keyboard.type(text);
  }

  // What a phone opens for a list or a moment is its own: what it answers with is given.
  async choose(list, label) {
    await list.tap();
    await super.choose(list, label);
  }

  async enter(field, moment) {
    await field.tap();
    await super.enter(field, moment);
  }
}

/** Presses of a key in a row at most. */
const MOST = 300;

class Keyboard {
  constructor(page) {
    this.page = page;
  }

  async open(address) {
    await this.page.goto(address);
    await live(this.page);
  }

  /** Goes on, or back to what lies behind, until the target has the focus, which can be seen. A button within a field is not it. */
  async reach(target) {
    await expect(target).toBeVisible();
    for (let presses = 0; presses < MOST; presses++) {
      const [there, isBehind] = await target.evaluate((element) => {
        const active = document.activeElement;
        const isBehind = active === element || active.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING;
        return [element.matches(":focus"), isBehind];
      });
      if (there) return expect(target, "the focus can be seen").not.toHaveCSS("outline-style", "none");
      await this.page.keyboard.press(isBehind ? "Shift+Tab" : "Tab");
    }
    throw new Error(`${MOST} presses of Tab do not reach ${target}`);
  }

  async press(target) {
    await this.reach(target);
    await this.page.keyboard.press("Enter");
  }

  async write(field, text) {
    await this.reach(field);
    await this.page.keyboard.type(text);
  }

  async choose(list, label) {
    await this.reach(list);
    await this.page.keyboard.type(label);
    await expect(list.getByRole("option", { selected: true })).toHaveText(label);
  }

  /** The field has parts: month, day, year, hour, minute, and half of the day. Some are left by themselves when they are full. */
  async enter(field, moment) {
    await this.reach(field);
    const [, year, month, day, hour, minute] = moment.match(/^(\d+)-(\d+)-(\d+)T(\d+):(\d+)$/);
    const parts = [month, day, year, String(hour % 12 || 12).padStart(2, "0"), minute, hour < 12 ? "A" : "P"];
    for (const [place, part] of parts.entries()) {
      for (let left = 1; left < parts.length; left++) await this.page.keyboard.press("ArrowLeft");
      for (let right = 0; right < place; right++) await this.page.keyboard.press("ArrowRight");
      await this.page.keyboard.type(part);
    }
    await expect(field).toHaveValue(moment);
  }
}

/** A browser whose fields for moments are written in the American way, wherever it runs. */
export const american = { ...launchOptions, env: { ...process.env, LANGUAGE: "en_US" } };

/** Each with what its browser is like. Where the program of a page is missing, the browser says so. */
export const hands = {
  keyboard: { Hand: Keyboard, browser: {} },
  touch: { Hand: Touch, browser: { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } } },
  "without WASM": { Hand: WithoutWasm, browser: {}, complains: true },
  "without JavaScript": { Hand: Plain, browser: { javaScriptEnabled: false } },
};
