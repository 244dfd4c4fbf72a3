export default function ({ data, parentElement }) {
  const uploaderInput = () => document.querySelector(`.st-key-${data.uploader} input[type="file"]`);

  parentElement.querySelector("#back-camera").onclick = () => {
    const input = uploaderInput();
    if (!input) return;
    input.setAttribute("capture", "environment");
    input.click();
    input.removeAttribute("capture"); // the uploader's own button goes on offering both camera and files
  };

  // Streamlit calls this function again whenever `data` changes, without a clean-up in between.
  parentElement.host?.stopPasting?.();
  const onPaste = (event) => {
    const photos = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    const input = uploaderInput();
    if (!photos.length || !input) return;
    event.preventDefault();
    const transfer = new DataTransfer();
    photos.forEach((photo) => transfer.items.add(photo));
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  document.addEventListener("paste", onPaste);
  const stopPasting = () => document.removeEventListener("paste", onPaste);
  if (parentElement.host) parentElement.host.stopPasting = stopPasting;
  return stopPasting;
}
