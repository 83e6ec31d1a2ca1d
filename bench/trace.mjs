// What the browser's own trace says of a page's main thread: each task that it ran, and how long the thread was at it. The
// thread's CPU time is told beside the clock's, since other programs on the machine make the latter longer.

const categories = ["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline", "__metadata"];

/** Runs `act` while the browser takes notes; answers with the tasks of the page's main thread, milliseconds each. */
export async function traced(browser, page, act) {
  await browser.startTracing(page, { categories });
  let notes;
  try {
    await act();
  } finally {
    notes = JSON.parse((await browser.stopTracing()).toString()).traceEvents;
  }
  return tasksOf(notes);
}

/** The tasks of the busiest main thread of a renderer: a spare renderer does nothing. */
function tasksOf(notes) {
  const mains = new Set(notes.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`));
  const byThread = new Map();
  for (const { name, ph, pid, tid, ts, dur = 0, tdur } of notes) {
    const thread = `${pid} ${tid}`;
    if (name !== "RunTask" || ph !== "X" || !mains.has(thread)) continue;
    if (!byThread.has(thread)) byThread.set(thread, []);
    byThread.get(thread).push({ at: ts / 1000, took: dur / 1000, cpu: (tdur ?? dur) / 1000 });
  }
  const busy = (tasks) => tasks.reduce((sum, { cpu }) => sum + cpu, 0);
  const tasks = [...byThread.values()].sort((a, b) => busy(b) - busy(a))[0] ?? [];
  if (tasks.length === 0) throw new Error("the browser's trace has no task of the page: have its notes changed their names?");
  return tasks;
}

/** The longest of the tasks, and how many took longer than a frame may; by the thread's CPU time and by the clock. */
export function frames(tasks, limit) {
  const longest = (by) => Math.max(...tasks.map((task) => task[by]));
  const over = (by) => tasks.filter((task) => task[by] > limit).length;
  return { longestCpu: longest("cpu"), longest: longest("took"), overCpu: over("cpu"), over: over("took"), busy: tasks.reduce((sum, { cpu }) => sum + cpu, 0) };
}
