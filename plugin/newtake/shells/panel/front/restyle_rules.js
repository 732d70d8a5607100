// What the service's rules make of the settings as they stand in the form: pure.
//
// `rules` is the document of api/rules; the same rules refuse an edit on the server.

const NEUTRAL = { hdr: false, exr_export: false };

// A setting that asks for something: not null, false, 0 or empty.
const askedFor = (value) => Boolean(value);

function bites(rule, settings) {
  const value = settings[rule.when.field];
  return rule.when.is === null ? askedFor(value) : rule.when.is.includes(value);
}

// The settings without what the rules refuse, and for each refused name the rule's words. What a
// rule takes away is looked at by those after it: without HDR there are no EXR frames either.
export function underRules(settings, rules) {
  const kept = { ...settings };
  const refused = {};
  for (const rule of rules) {
    if (!bites(rule, kept)) continue;
    refused[rule.refuses] ??= rule.text;
    kept[rule.refuses] = NEUTRAL[rule.refuses] ?? null;
  }
  return { kept, refused };
}

// Why the service would not take a picture of that type and size; "" where it would.
export function pictureProblem(type, bytes, limits) {
  const kinds = limits.types.map((each) => each.replace("image/", "").toUpperCase());
  if (!limits.types.includes(type))
    return `A first frame is a ${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)} picture; this is ${type || "a file of no known kind"}.`;
  if (bytes > limits.bytes_max)
    return `The picture has ${(bytes / 1e6).toFixed(0)} MB; at most ${(limits.bytes_max / 1e6).toFixed(0)} MB can be taken.`;
  return "";
}
