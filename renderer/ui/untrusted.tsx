import { classNames } from './class-names.ts';
import { plainText } from './text/plain-text.ts';

/** Text from somewhere we do not trust: one line, nothing in it acts on the text around it. */
export function Untrusted({ text, className }: { text: string; className?: string }) {
  const plain = plainText(text);
  return (
    <bdi title={plain.length > 60 ? plain.slice(0, 500) : undefined} className={classNames(className)}>
      {plain}
    </bdi>
  );
}
