/** Browsers begin to read the address when they like; none takes this long. */
const KEPT_MS = 60_000;

/** Hands a file to the browser, which puts it among the downloads or asks where to. */
export const offerFile = (file: Blob, name: string): void => {
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
};
