/** A Linux without a locale has the language `en-US@posix`, for which uPlot, which formats numbers in it, cannot be loaded. */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}
