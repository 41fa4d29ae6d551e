import { homeFromEnvironment } from '../paths.ts';
import { runEngine } from '../run-engine.ts';
import { ScriptedEngine } from './scripted-engine.ts';

/** A real engine process around a ScriptedEngine. */
await runEngine({
  home: homeFromEnvironment(),
  createEngine: async ({ paths }) => new ScriptedEngine(paths),
});
