/** Puts text on the clipboard; false when the browser refuses, as it may without a press or without focus. */
export const copyText = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
};
