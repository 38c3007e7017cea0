// A scenario is a row of steps. When one fails on which the later ones stand, those are skipped: each would only wait for
// what cannot come.

/** `step(name, action)` runs a step; with `{ alone: true }` nothing later stands on it. */
export function stepsOf(t, bench) {
  let broken;
  return async (name, action, { alone = false } = {}) => {
    if (broken !== undefined) {
      await t.test(name, { skip: `after the failure of "${broken}"` }, () => undefined);
      return;
    }
    await t.test(name, async () => {
      try {
        await action();
      } catch (error) {
        await bench().screenshot('failure');
        if (!alone) broken = name;
        throw error;
      }
    });
  };
}
