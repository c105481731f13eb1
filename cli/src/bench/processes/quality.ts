import { type HeldOutPlay, type PatientQuality, playHeldOut } from '@gaitway/simulator';

export interface QualityOrder {
  type: 'play';
  play: HeldOutPlay;
}

export interface QualityAnswer {
  type: 'played';
  people: PatientQuality[];
}

process.on('message', ({ play }: QualityOrder) => {
  playHeldOut(play).then(
    (people) => process.send?.({ type: 'played', people } satisfies QualityAnswer),
    (error: unknown) => process.send?.({ type: 'failed', message: String(error) }),
  );
});
process.on('disconnect', () => process.exit());
