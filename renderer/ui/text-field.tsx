import { classNames } from './class-names.ts';
import { controlLook } from './control-look.ts';
import { Labelled, type LabelledProps } from './labelled.tsx';

export interface TextFieldProps extends Omit<LabelledProps, 'children'> {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  /** More than one line, this many in view. */
  lines?: number;
}

/** What is typed here is meant literally, as a name or a command is: fixed width, no help of any kind with spelling. */
export function TextField({ value, onChange, placeholder, lines = 1, ...rest }: TextFieldProps) {
  const shared = { value, placeholder, spellCheck: false, autoComplete: 'off', autoCapitalize: 'none' };
  return (
    <Labelled {...rest}>
      {(control) =>
        lines > 1 ? (
          <textarea
            {...control}
            {...shared}
            rows={lines}
            className={classNames(controlLook, 'h-auto py-1.5 font-mono')}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <input
            {...control}
            {...shared}
            className={classNames(controlLook, 'font-mono')}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      }
    </Labelled>
  );
}
