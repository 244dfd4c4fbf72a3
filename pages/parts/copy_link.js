export default function ({ data, parentElement }) {
  const find = (selector) => parentElement.querySelector(selector);
  const [button, said, shown] = ["button", ".said", "input"].map(find);
  const link = () => `${location.origin}${location.pathname}${data.query && "?"}${data.query}`;

  // Without https a page has no clipboard of its own, but may copy what is selected in it.
  const copySelected = () => {
    shown.style.display = "block";
    shown.select();
    return document.execCommand("copy");
  };
  const copy = async () => {
    shown.value = link();
    try {
      await navigator.clipboard.writeText(shown.value);
      return true;
    } catch {
      return copySelected();
    }
  };
  button.onclick = async () => {
    const copied = await copy();
    shown.style.display = copied ? "none" : "block";
    if (!copied) shown.select();
    said.textContent = copied ? "Copied. Paste it wherever you like." : "Copy it from here:";
  };
  if (shown.value !== link()) {
    said.textContent = ""; // what was copied is another view's link by now
    shown.style.display = "none";
  }
}
