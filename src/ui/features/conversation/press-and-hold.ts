const HOLD_MS = 450;
const SLIP_PX = 8;

/**
 * Calls `onHold` with the element under a finger that rests. iOS sends no `contextmenu` for that, so the pause is
 * measured here; Android sends one, which is answered by the same menu a moment earlier or later and changes nothing.
 */
export const createPressAndHold = (onHold: (element: Element) => void) => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let start = { x: 0, y: 0 };
  let finger: number | undefined;
  let isTaken = false;

  const cancel = () => clearTimeout(timer);
  const onLift = (event: PointerEvent) => {
    if (event.pointerId === finger) finger = undefined;
    cancel();
  };

  return {
    /** The finger that is down, if there is one. It has done its work: that it lifts is no tap any more. */
    takeFinger: () => {
      isTaken = finger !== undefined;
      return finger;
    },
    onPointerdown: (event: PointerEvent) => {
      if (event.pointerType !== 'touch' || !(event.target instanceof Element)) return;
      const { target } = event;
      start = { x: event.clientX, y: event.clientY };
      finger = event.pointerId;
      isTaken = false;
      cancel();
      timer = setTimeout(() => onHold(target), HOLD_MS);
    },
    onPointermove: (event: PointerEvent) => {
      if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLIP_PX) cancel();
    },
    onPointerup: onLift,
    onPointercancel: onLift,
    /** A tap would move the focus, or press what has come up under the finger in the meantime. */
    onTouchend: (event: TouchEvent) => {
      if (isTaken && event.cancelable) event.preventDefault();
      isTaken = false;
    },
  };
};
