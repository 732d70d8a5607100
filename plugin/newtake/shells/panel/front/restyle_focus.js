// Keeps the Tab key inside a dialog: from its last control to its first, and back.

const FOCUSABLE = "a[href], button, input, select, textarea, summary, canvas, [tabindex]";

// Whether the press was a Tab at one end, which then has gone to the other.
export function keepFocusInside(dialog, event) {
  if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey) return false;
  const all = [...dialog.querySelectorAll(FOCUSABLE)].filter(canTakeFocus);
  const [first, last] = [all[0], all.at(-1)];
  const from = document.activeElement;
  const outside = !dialog.contains(from) || from === dialog;
  if (event.shiftKey ? from !== first && !outside : from !== last && !outside) return false;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
  return true;
}

function canTakeFocus(node) {
  if (node.disabled || node.tabIndex < 0 || !node.checkVisibility()) return false;
  if (node.type !== "radio" || node.checked) return true;
  // Of radio buttons the chosen one is gone to, or the first and the last where none is.
  return !node.closest("form, fieldset, dialog").querySelector(`input[name="${CSS.escape(node.name)}"]:checked`);
}
