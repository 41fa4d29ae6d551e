import type { Arch } from '../../../contract/arch.ts';
import type { DockerImage, ImagePlatform } from '../../../contract/docker-images.ts';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { executionWords, PlatformPill, platformName } from './platform-pill.tsx';
import { SwitchOn } from './switch-on.tsx';

/** Of a digest, enough to compare two by eye. */
const shortDigestLength = 19;

export interface ImagePlatformsProps {
  image: DockerImage;
  platforms: readonly ImagePlatform[];
  onRun: (arch: Arch) => void;
  /** Null for an image without a name to pull by. */
  onPull: ((arch: Arch) => void) | null;
}

/** Each platform of an image: how it would run, whether it is here, and what can be done with it. */
export function ImagePlatforms({ image, platforms, onRun, onPull }: ImagePlatformsProps) {
  const unavailable = useDockerUnavailable(image.vm);
  return (
    <ul aria-label="Its platforms" className="divide-y divide-line rounded-md border border-line bg-window">
      {platforms.map((platform) => {
        const { arch } = platform;
        return (
          <li
            key={`${platform.platform} ${platform.digest}`}
            className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1.5 px-3 py-1.5"
          >
            <span className="w-36 max-w-full">
              <PlatformPill platform={platform} />
            </span>
            <span className="min-w-0 flex-1 basis-52 text-sm text-muted">
              {executionWords[platform.execution].sentence} ·{' '}
              {platform.present ? formatBytes(platform.sizeBytes) : 'not pulled'}
              <span className="flex items-center font-mono text-xs text-faint">
                {plainText(platform.digest).slice(0, shortDigestLength)}
                <CopyButton
                  text={plainText(platform.digest)}
                  label={`Copy the digest of ${platformName(platform)}`}
                  className="-my-1 size-6"
                />
              </span>
            </span>
            <span className="flex flex-wrap items-center gap-1.5">
              {arch && platform.execution === 'off' ? <SwitchOn vm={image.vm} arch={arch} small /> : null}
              {arch && !platform.present && onPull ? (
                <Button
                  size="sm"
                  aria-label={`Pull ${platformName(platform)}`}
                  unavailable={unavailable}
                  onClick={() => onPull(arch)}
                >
                  Pull…
                </Button>
              ) : null}
              {arch && platform.present && platform.execution !== 'unsupported' ? (
                <Button size="sm" aria-label={`Run ${platformName(platform)}`} onClick={() => onRun(arch)}>
                  Run…
                </Button>
              ) : null}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
