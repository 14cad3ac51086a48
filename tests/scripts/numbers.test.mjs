/* The numeric parts of the views' scripts, without a browser: the values that numpy and
   torch found stand in the JSON file that COURSE_VALUES names. Run by test_scripts.py. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const values = JSON.parse(readFileSync(process.env.COURSE_VALUES, "utf8"));

/* what the scripts define, by name; the page's own things are stood in for */
function load(views, wanted) {
  const code = ["core", ...views].map((name) =>
    readFileSync(`${values.folder}/${name}.js`, "utf8"),
  );
  const page = {
    matchMedia: () => ({}),
    customElements: { get: () => true },
    HTMLElement: Object,
    STYLE: "",
  };
  const made = new Function(
    ...Object.keys(page),
    `${code.join("\n")}\nreturn {${wanted.join(",")}};`,
  );
  return made(...Object.values(page));
}
function near(found, expected, slack) {
  const flat = Array.from(found).flat(3);
  const given = expected.flat(9);
  assert.equal(flat.length, given.length);
  flat.forEach((x, i) => {
    assert.ok(Math.abs(x - given[i]) <= slack, `${i}: ${x}, not ${given[i]}`);
  });
}
function arrays(given) {
  return Object.fromEntries(
    Object.entries(given).map(([name, a]) => {
      const flat = Float64Array.from(a.values.flat(9));
      flat.shape = a.shape;
      return [name, flat];
    }),
  );
}

test("unpacked numbers are the packed ones, within half a step", async () => {
  const { unpack } = load([], ["unpack"]);
  const { packed, layout, given } = values.unpack;
  const found = await unpack(packed, layout);
  assert.deepEqual(Object.keys(found), Object.keys(given));
  layout.forEach((a) => {
    assert.deepEqual(found[a.name].shape, a.shape);
    near(found[a.name], given[a.name], a.step * 0.5001);
  });
  assert.deepEqual(await unpack(values.unpack.nothing, []), {});
});

test("the colours of weights and of signed numbers are the maps'", () => {
  const { shade, WEIGHTS, SIGNS, onto } = load(
    [],
    ["shade", "WEIGHTS", "SIGNS", "onto"],
  );
  values.colours.forEach(([map, x, expected, slack]) => {
    near(shade(map === "weights" ? WEIGHTS : SIGNS, x), expected, slack);
  });
  assert.equal(onto([255, 255, 255]), "#000");
  assert.equal(onto([0, 34, 78]), "#fff");
});

test("texts are cut by characters, numbers kept within bounds, ties in order", () => {
  const { cut, clamp, order, range } = load([], ["cut", "clamp", "order", "range"]);
  assert.equal(cut("\u{1f600}\u{1f600}\u{1f600}", 3), "\u{1f600}\u{1f600}\u{1f600}");
  assert.equal(cut("\u{1f600}\u{1f600}\u{1f600}", 2), "\u{1f600}\u2026");
  assert.deepEqual([clamp(-1, 0, 5), clamp(9, 0, 5), clamp(3, 0, -1)], [0, 5, 0]);
  assert.deepEqual(
    order(4, (i) => [1, 3, 3, 2][i]),
    [1, 2, 3, 0],
  );
  assert.deepEqual(range(3), [0, 1, 2]);
});

test("attention step by step is torch's, masked and scaled", () => {
  const { attend } = load(["attention_steps"], ["attend"]);
  values.attention.forEach((one) => {
    const data = arrays(one.data);
    one.weights.forEach((expected, i) => {
      const found = attend(data, i, {
        divisor: one.divisor,
        allowed: (j) => one.mask[i][j],
      });
      near(found.scores, one.scores[i], 1e-9);
      near(found.weights, expected, 1e-9);
      near(found.out, one.out[i], 1e-9);
    });
  });
});

test("a query that may look nowhere has weights of 0, not NaN", () => {
  const { attend } = load(["attention_steps"], ["attend"]);
  const data = arrays(values.attention[0].data);
  const found = attend(data, 0, { divisor: 1, allowed: () => false });
  assert.ok(found.weights.every((w) => w === 0) && found.out.every((x) => x === 0));
});

test("the recomputed LSTM is torch's, and a held gate is held", () => {
  const { steps } = load(["lstm_gates"], ["steps"]);
  const data = arrays(values.lstm.data);
  const free = steps(data, () => undefined);
  values.lstm.states.forEach((state, t) => {
    near(free[t][5], state, 1e-9);
    near(free[t][4], values.lstm.cells[t], 1e-9);
  });
  const kept = steps(data, (gate) => [0, 1][gate]);
  kept.forEach((step) => {
    near(step[4], step[4].length ? Array(step[4].length).fill(0) : [], 0);
  });
});

test("mixed layers are the softmax of the weights times the layers", () => {
  const { softmax, blend } = load(["layer_mix"], ["softmax", "blend"]);
  const { raw, shares, layers, gamma, mixed } = values.mix;
  near(softmax(raw), shares, 1e-12);
  near(softmax([1000, 1000]), [0.5, 0.5], 0);
  near(blend(Float64Array.from(layers.flat(3)), softmax(raw), gamma), mixed, 1e-9);
});

test("powers of ten are written raised", () => {
  const { power } = load(["gradient_reach"], ["power"]);
  assert.equal(power(-12), "10\u207b\u00b9\u00b2");
  assert.equal(power(0), "10\u2070");
});
