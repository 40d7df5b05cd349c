// Runs before the first paint, so that a chosen theme or text size never flashes (src/ui/stores/preferences-store.ts).
try {
  const { theme, textSize } = JSON.parse(localStorage.getItem('sotto.preferences') ?? '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  if (typeof textSize === 'string') document.documentElement.dataset.textSize = textSize;
} catch {
  // Unreadable preferences are no reason not to start; the app writes fresh ones.
}
