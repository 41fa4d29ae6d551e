import {
  Activity,
  Boxes,
  Cable,
  Cpu,
  Hammer,
  HardDrive,
  Layers,
  LayoutDashboard,
  ListTree,
  type LucideIcon,
  Network,
  Settings,
  SquareTerminal,
} from 'lucide-react';
import type { Screen } from '../../contract/screens.ts';

/** Every screen as navigation and palette name it, in their order. */
export const screenEntries: readonly { screen: Screen; title: string; icon: LucideIcon; words: string }[] = [
  { screen: 'overview', title: 'Overview', icon: LayoutDashboard, words: 'vm home docker socket' },
  { screen: 'containers', title: 'Containers', icon: Boxes, words: 'compose logs ports' },
  { screen: 'processes', title: 'Processes', icon: ListTree, words: 'top tree cpu emulator' },
  { screen: 'images', title: 'Images', icon: Layers, words: 'pull import run tags platforms' },
  { screen: 'volumes', title: 'Volumes', icon: HardDrive, words: 'data storage size prune' },
  { screen: 'networks', title: 'Networks', icon: Network, words: 'bridge subnet addresses prune' },
  { screen: 'ports', title: 'Ports', icon: Cable, words: 'publish forward tcp udp localhost browser' },
  { screen: 'builds', title: 'Builds', icon: Hammer, words: 'buildkit cache history dockerfile prune' },
  { screen: 'emulation', title: 'Emulation', icon: Cpu, words: 'qemu binfmt architecture handler' },
  { screen: 'terminal', title: 'Terminal', icon: SquareTerminal, words: 'shell console exec' },
  { screen: 'activity', title: 'Activity', icon: Activity, words: 'jobs events progress history verdicts' },
  { screen: 'settings', title: 'Settings', icon: Settings, words: 'memory processors disk theme mirror' },
];
