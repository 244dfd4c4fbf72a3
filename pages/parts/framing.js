const TAP_PX = 10; // a finger that moves less than this has tapped

export default function ({ data, parentElement, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector);
  const [photo, image, foundShown, boxShown, cornerShown, start] =
    [".photo", "img", ".found", ".box", ".corner", ".start"].map(find);
  const source = `data:image/jpeg;base64,${data.jpeg}`;
  if (image.src !== source) image.src = source;
  image.onload = () => {
    // A small crop is enlarged, so that one can see and frame something; a photo never is.
    image.style.width = `${Math.max(image.naturalWidth, Math.min(360, 6 * image.naturalWidth))}px`;
  };

  let from = null; // where the pointer went down
  let tapped = null; // first of two taps
  const percent = (fraction) => `${100 * fraction}%`;
  const boxOf = (a, b) => [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];

  const place = (element, [x1, y1, x2, y2]) =>
    Object.assign(element.style, {
      left: percent(x1), top: percent(y1), width: percent(x2 - x1), height: percent(y2 - y1),
    });
  const showBox = (box) => {
    boxShown.style.display = box ? "block" : "none";
    foundShown.style.display = box ? "none" : "block"; // while a box is drawn, those found are in the way
    if (box) place(boxShown, box);
  };
  const showFound = (found) => {
    const frames = found.map(({ box, number, corner, colour, text }) => {
      const frame = document.createElement("div");
      frame.style.borderColor = colour;
      place(frame, box);
      frame.classList.add(...corner);
      frame.classList.toggle("high", box[1] < 0.25);
      if (found.length === 1) return frame;
      const tag = document.createElement("span");
      tag.textContent = number;
      Object.assign(tag.style, { background: colour, color: text });
      const inside = document.createElement("div");
      inside.append(tag);
      frame.append(inside);
      return frame;
    });
    foundShown.replaceChildren(...frames);
    foundShown.classList.toggle("many", found.length > 8);
    image.alt = found.length ? `Your photo, with ${found.length} marked in it` : "Your photo";
  };
  const showCorner = (point) => {
    cornerShown.style.display = point ? "block" : "none";
    if (point) Object.assign(cornerShown.style, { left: percent(point.x), top: percent(point.y) });
  };
  const say = (text) => (start.textContent = text);
  const setDrawing = (on) => {
    photo.classList.toggle("drawing", on);
    const invitation = data.found.length ? "Draw a box yourself" : `Draw a box around the ${data.noun}`;
    say(on ? `Now drag across the ${data.noun}, or tap two corners` : invitation);
  };
  const pointOf = (event) => {
    const area = photo.getBoundingClientRect();
    const part = (value, length) => Math.min(1, Math.max(0, value / length));
    return { x: part(event.clientX - area.left, area.width), y: part(event.clientY - area.top, area.height) };
  };
  const finish = (box) => {
    from = tapped = null;
    showCorner(null);
    showBox(box);
    setDrawing(false);
    setTriggerValue("box", box);
  };
  const giveUp = () => {
    from = tapped = null;
    showCorner(null);
    showBox(data.box);
  };

  photo.onpointerdown = (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    if (event.pointerType === "touch" && !photo.classList.contains("drawing")) return;
    event.preventDefault();
    photo.setPointerCapture(event.pointerId);
    from = { ...pointOf(event), clientX: event.clientX, clientY: event.clientY };
  };
  photo.onpointermove = (event) => {
    if (!from || !event.isPrimary) return;
    showBox(boxOf(from, pointOf(event)));
  };
  photo.onpointerup = (event) => {
    if (!from || !event.isPrimary) return;
    const to = pointOf(event);
    const isTap = Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) < TAP_PX;
    if (!isTap) return finish(boxOf(from, to));
    if (tapped) return finish(boxOf(tapped, to));
    tapped = to;
    from = null;
    showBox(null);
    showCorner(to);
    say("Now tap the opposite corner");
  };
  photo.onpointercancel = giveUp;
  start.onclick = () => {
    giveUp();
    setDrawing(!photo.classList.contains("drawing"));
  };

  showFound(data.found);
  giveUp();
  setDrawing(false);
}
