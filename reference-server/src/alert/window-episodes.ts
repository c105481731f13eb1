import type { Alert, WindowDocument } from '@gaitway/contract';
import type { Archive, WindowKey } from '../archive/archive.ts';
import type { ModelFile } from '../infer/model-file.ts';
import { alertId, type WindowRule } from './rule.ts';
import { WINDOW_RULES } from './rules.ts';

/** A window that a rule fires for: what it raises if its episode begins here. */
interface Firing {
  rule: WindowRule;
  document: WindowDocument;
  alert: Alert;
}

/**
 * Tells of an episode once: windows that a rule fires for, no further apart than the rule's gap, are one, and its first one raises
 * the alert. Which one is first the archive says, so whoever takes over says the same; documents must be in it before
 * they are asked about. A window that comes late and lies before one that was told of already raises nothing: the alert of
 * its episode stays the one that is there.
 */
export class WindowEpisodes {
  private readonly archive: Pick<Archive, 'windowsAt' | 'alert'>;
  private readonly modelOf: (document: WindowDocument) => ModelFile;
  /**
   * By rule and patient, the start of the newest window that was seen firing: what follows it closely belongs to it, and the archive
   * need not be asked. What is not in it costs a question.
   */
  private readonly newestMs = new Map<string, number>();
  private sweptMs = Number.NEGATIVE_INFINITY;

  /** `modelOf`: the model that wrote a document. */
  constructor(
    archive: Pick<Archive, 'windowsAt' | 'alert'>,
    modelOf: (document: WindowDocument) => ModelFile,
  ) {
    this.archive = archive;
    this.modelOf = modelOf;
  }

  /**
   * The alerts of episodes that begin with these archived documents, or of which the alert of another window tells already: raised
   * again that one changes nothing. Rejects when the archive fails; then it can be asked again.
   */
  async alertsOf(documents: readonly WindowDocument[]): Promise<Alert[]> {
    const firing = documents.flatMap((document) => this.firingOf(document));
    if (firing.length === 0) return [];
    const unknown = firing.filter((one) => !this.followsKnown(one));
    const before = await this.windowsBeside(unknown, -1);
    const beginning = unknown.filter((_, i) => !before[i]!.some((other) => this.fires(unknown[i]!, other)));
    const after = await this.windowsBeside(beginning, 1);
    const alerts: Alert[] = [];
    for (const [i, one] of beginning.entries()) {
      // One that does not fire any more may have been told of before it was amended.
      const amended = before[unknown.indexOf(one)]!.filter(({ revision }) => revision > 1);
      alerts.push((await this.toldBy(one, [...amended, ...after[i]!])) ?? one.alert);
    }
    for (const one of firing) this.note(one);
    return alerts;
  }

  private firingOf(document: WindowDocument): Firing[] {
    const model = this.modelOf(document);
    return WINDOW_RULES.flatMap((rule) => {
      const alert = rule.onWindow(document, model);
      return alert === undefined ? [] : [{ rule, document, alert }];
    });
  }

  private fires({ rule }: Firing, document: WindowDocument): boolean {
    return rule.onWindow(document, this.modelOf(document)) !== undefined;
  }

  /** The documents of each one's patient within the gap before it (-1) or after it (1). They are read past every cache. */
  private async windowsBeside(those: readonly Firing[], side: -1 | 1): Promise<WindowDocument[][]> {
    const keys = those.map(({ rule, document: { patient, startMs, endMs } }): WindowKey[] => {
      const windowMs = endMs - startMs;
      const count = Math.floor(rule.episodeGapMs / windowMs);
      return Array.from({ length: count }, (_, i) => ({
        patient,
        startMs: startMs + side * (i + 1) * windowMs,
      }));
    });
    if (keys.length === 0) return [];
    const found = await this.archive.windowsAt(keys.flat());
    let from = 0;
    return keys.map(({ length }) => {
      from += length;
      return found.slice(from - length, from).filter((document) => document !== null);
    });
  }

  /** The alert that tells of the same episode already, if there is one. */
  private async toldBy(
    { rule, alert: { id } }: Firing,
    beside: readonly WindowDocument[],
  ): Promise<Alert | undefined> {
    if (beside.length === 0 || (await this.archive.alert(id)) !== null) return undefined;
    for (const { patient, startMs } of beside) {
      const told = await this.archive.alert(alertId(patient, rule.name, startMs));
      if (told !== null) return told;
    }
    return undefined;
  }

  private followsKnown({ rule, document: { patient, startMs } }: Firing): boolean {
    const sinceMs = startMs - (this.newestMs.get(keyOf(rule, patient)) ?? Number.NEGATIVE_INFINITY);
    return sinceMs > 0 && sinceMs <= rule.episodeGapMs;
  }

  private note({ rule, document: { patient, startMs } }: Firing): void {
    const key = keyOf(rule, patient);
    this.newestMs.set(key, Math.max(startMs, this.newestMs.get(key) ?? startMs));
    if (startMs <= this.sweptMs + rule.episodeGapMs) return;
    this.sweptMs = startMs;
    // Twice the gap: whose windows are read a little later than others' still follow what is known.
    for (const [other, newestMs] of this.newestMs)
      if (newestMs < startMs - 2 * rule.episodeGapMs) this.newestMs.delete(other);
  }
}

const keyOf = ({ name }: WindowRule, patient: string) => `${name} ${patient}`;
