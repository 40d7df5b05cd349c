const HOLD_MS = 450;
const SLIP_PX = 8;

/**
 * Calls `onHold` with the element under a finger that rests. iOS sends no `contextmenu` for that, so the pause is
 * measured here; Android sends one, which is answered by the same menu a moment later and changes nothing.
 */
export const createPressAndHold = (onHold: (element: HTMLElement) => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };

  const cancel = () => clearTimeout(timer);

  return {
    onPointerdown: (event: PointerEvent) => {
      if (event.pointerType !== 'touch' || !(event.target instanceof HTMLElement)) return;
      const { target } = event;
      start = { x: event.clientX, y: event.clientY };
      cancel();
      timer = setTimeout(() => onHold(target), HOLD_MS);
    },
    onPointermove: (event: PointerEvent) => {
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLIP_PX) cancel();
    },
    onPointerup: cancel,
    onPointercancel: cancel,
  };
};
