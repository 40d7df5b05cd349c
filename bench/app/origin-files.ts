/** The files of the one vault in a page's origin private file system, carried out of the browser and back. */
import type { Page } from '@playwright/test';

/** Names within the vault's folder (docs/protocol/browser-storage.md), and contents. */
export type VaultFiles = ReadonlyMap<string, Uint8Array>;

/** Nobody may have them open. */
export const readVaultFiles = async (page: Page): Promise<VaultFiles> => {
  const texts = await page.evaluate(async () => {
    const toDataUrl = (file: File): Promise<string> =>
      new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result as string);
        reader.onerror = () => reject(reader.error ?? new Error(`${file.name} was not read`));
        reader.readAsDataURL(file);
      });
    const vaults = await (await navigator.storage.getDirectory()).getDirectoryHandle('v');
    const found: [name: string, dataUrl: string][] = [];
    for await (const vault of vaults.values()) {
      for await (const entry of (vault as FileSystemDirectoryHandle).values()) {
        found.push([entry.name, await toDataUrl(await (entry as FileSystemFileHandle).getFile())]);
      }
    }
    return found;
  });
  return new Map(
    texts.map(([name, dataUrl]) => [name, new Uint8Array(Buffer.from(dataUrl.split(',')[1] ?? '', 'base64'))]),
  );
};

/** Replaces the contents of `files`; others stay. */
export const writeVaultFiles = async (page: Page, files: VaultFiles): Promise<void> => {
  const texts = [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const);
  await page.evaluate(async (written) => {
    const vaults = await (await navigator.storage.getDirectory()).getDirectoryHandle('v');
    for await (const vault of vaults.values()) {
      for (const [name, text] of written) {
        const file = await (vault as FileSystemDirectoryHandle).getFileHandle(name, { create: true });
        const writable = await file.createWritable();
        await writable.write(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
        await writable.close();
      }
    }
  }, texts);
};
