for (const close of document.querySelectorAll("[popover] .close")) {
  close.addEventListener("click", () => close.closest("[popover]").hidePopover());
}
document.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-cell]");
  const behind = cell && document.getElementById(`cell-${cell.dataset.cell}`);
  if (behind) behind.showPopover();
});
