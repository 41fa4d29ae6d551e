import type { PruneTarget } from '../../contract/prune.ts';

interface PruneWords {
  /** "unused networks". */
  things: string;
  one: string;
  many: string;
  note: string;
  measuring: string;
  /** Over what would go. */
  warning: string;
  nothing: string;
  /** Instead of a size. */
  sizeless: string;
  /** Where there are several targets. */
  choice: string;
  choiceNote: string;
}

const volumes = {
  things: 'unused volumes',
  one: 'volume',
  many: 'volumes',
  note: 'Volumes which no container refers to, not even one that is stopped.',
  measuring: 'Docker is adding up every volume’s files',
  warning: 'These volumes and all of their data are gone for good: there is no copy and no undo.',
  sizeless: 'size not known',
} as const;

const images = {
  things: 'unused images',
  one: 'image',
  many: 'images',
  note: 'Images which no container was made from, not even one that is stopped.',
  measuring: 'Docker is adding up the images’ layers',
  warning: 'Each counts what it shares with no other image; where several go, more may come free.',
  sizeless: 'size not known',
} as const;

export const pruneWords: Record<PruneTarget, PruneWords> = {
  'anonymous-volumes': {
    ...volumes,
    nothing: 'Every volume without a name is in use: there is nothing to remove.',
    choice: 'Volumes without a name',
    choiceNote: 'Left behind by containers that were removed; what docker volume prune takes.',
  },
  volumes: {
    ...volumes,
    nothing: 'Every volume is in use: there is nothing to remove.',
    choice: 'Every unused volume',
    choiceNote: 'Those that somebody named, too.',
  },
  networks: {
    things: 'unused networks',
    one: 'network',
    many: 'networks',
    note: 'Networks which no container refers to, not even one that is stopped.',
    measuring: 'Asking Docker what uses which network',
    warning: 'Compose and you can make them again; nothing is stored in a network.',
    nothing: 'Every network is in use, or Docker’s own: there is nothing to remove.',
    sizeless: '',
    choice: 'Unused networks',
    choiceNote: '',
  },
  'untagged-images': {
    ...images,
    nothing: 'Every image has a name or is in use: there is nothing to remove.',
    choice: 'Images without a name',
    choiceNote: 'Left behind by newer builds and pulls of the same name; what docker image prune takes.',
  },
  images: {
    ...images,
    nothing: 'Every image is in use: there is nothing to remove.',
    choice: 'Every unused image',
    choiceNote: 'Those with a name, too. What came from no registry cannot be pulled again.',
  },
  'build-cache': {
    things: 'the build cache',
    one: 'entry',
    many: 'entries',
    note: 'What BuildKit keeps so that the next build is faster. Images stay.',
    measuring: 'Docker is measuring the build cache',
    warning: 'The next builds do these steps again.',
    nothing: 'Nothing in the cache can be removed now.',
    sizeless: '',
    choice: 'Build cache',
    choiceNote: '',
  },
};
