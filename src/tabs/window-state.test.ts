import { describe, expect, it, test } from 'vitest';
import type { VaultId } from '../domain/ids.ts';
import { isBetterLed, notePresence, type WindowPresence } from './window-presence.ts';
import { stepWindow, type WindowEvent, type WindowState } from './window-state.ts';

const vaultId = 'aa' as VaultId;
const lobby: WindowState = { at: 'lobby' };
const at = (place: 'leading' | 'following' | 'between' | 'frozen'): WindowState => ({ at: place, vaultId });
const run = (state: WindowState, ...events: readonly WindowEvent['type'][]) =>
  events.reduce(
    (step, type) => {
      const next = stepWindow(step.state, { type, vaultId });
      return { state: next.state, effects: [...step.effects, ...next.effects] };
    },
    { state, effects: [] as readonly string[] },
  );

const PLACES = ['leading', 'following', 'between', 'frozen'] as const;

describe('a window of an account', () => {
  it('that unlocked it leads, one that joined follows and stands by', () => {
    expect(run(lobby, 'opened')).toEqual({ state: at('leading'), effects: [] });
    expect(run(lobby, 'joined')).toEqual({ state: at('following'), effects: ['use-leader', 'stand-by'] });
  });

  it('whose leader is gone holds its calls, and goes on with its own worker or another window', () => {
    const lost = run(at('following'), 'leader-gone');
    expect(lost.effects).toEqual(['leave-leader', 'hold-calls', 'tell-begun', 'seek']);
    expect(run(lost.state, 'took-over').state).toEqual(at('leading'));
    expect(run(lost.state, 'took-over').effects).toEqual(['leave-leader', 'use-own', 'tell-done']);
    expect(run(lost.state, 'welcomed').state).toEqual(at('following'));
    expect(run(lost.state, 'nobody')).toMatchObject({
      state: lobby,
      effects: ['end-worker', 'leave-leader', 'tell-locked'],
    });
  });

  it('may hear from its own worker first, and of the end later', () => {
    expect(run(at('following'), 'took-over', 'leader-gone', 'welcomed', 'nobody').state).toEqual(at('leading'));
  });

  it('that crashes or is better led ends its worker before it looks for the next', () => {
    for (const type of ['worker-died', 'better-led'] as const)
      expect(run(at('leading'), type)).toMatchObject({
        state: at('between'),
        effects: ['end-worker', 'leave-leader', 'hold-calls', 'tell-begun', 'seek'],
      });
  });

  it('that is frozen holds no worker, whatever comes, until it goes on', () => {
    const frozen = run(at('leading'), 'frozen');
    expect(frozen.effects).toEqual(['end-worker', 'leave-leader', 'hold-calls']);
    const heard = run(frozen.state, 'leader-gone', 'took-over', 'welcomed', 'nobody', 'better-led', 'frozen');
    expect(heard).toEqual({ state: at('frozen'), effects: [] });
    expect(run(frozen.state, 'thawed').state).toEqual(at('between'));
  });

  test.each(PLACES)('that is %s ends everything when it is locked, and when it leaves', (place) => {
    for (const type of ['locked', 'left'] as const)
      expect(run(at(place), type)).toEqual({
        state: lobby,
        effects: ['end-worker', 'leave-leader', 'tell-locked'],
      });
  });

  it('has a worker or none, but tells of no lock without an account', () => {
    const events = ['leader-gone', 'took-over', 'welcomed', 'nobody', 'locked', 'left', 'frozen', 'thawed'] as const;
    expect(run(lobby, ...events)).toEqual({ state: lobby, effects: [] });
    expect(run(lobby, 'worker-died').effects).toEqual(['end-worker']);
  });
});

describe('who should lead', () => {
  const seen: WindowPresence = { isVisible: true, others: new Map() };
  const unseen: WindowPresence = { isVisible: false, others: new Map() };

  it.each([
    ['a window that is seen', notePresence(seen, 'w', true), false],
    ['one that is alone', unseen, false],
    ['one of several that nobody sees', notePresence(unseen, 'w', false), false],
    ['not one that nobody sees beside one that somebody sees', notePresence(unseen, 'w', true), true],
    ['one whose neighbour has left', notePresence(notePresence(unseen, 'w', true), 'w', undefined), false],
  ])('%s', (_, presence, isElsewhere) => {
    expect(isBetterLed(presence)).toBe(isElsewhere);
  });
});
