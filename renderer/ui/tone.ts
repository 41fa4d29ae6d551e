/** What a colour says: everything with a tone also says it in words. */
export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad' | 'foreign';
