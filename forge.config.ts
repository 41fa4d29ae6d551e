import { readFileSync } from 'node:fs';
import { MakerBase, type MakerOptions } from '@electron-forge/maker-base';
import type { ForgeConfig, ForgePlatform } from '@electron-forge/shared-types';
import { Arch, build, type Configuration, Platform } from 'electron-builder';
import { parse } from 'yaml';

const builderConfig: Configuration = parse(
  readFileSync(new URL('./electron-builder.yml', import.meta.url), 'utf8'),
);

const platforms: Partial<Record<ForgePlatform, Platform>> = { darwin: Platform.MAC, linux: Platform.LINUX };

/**
 * electron-builder as Forge's maker. It packages from the project itself rather than from Forge's folder, so that
 * fuses, archive and resources come from electron-builder.yml and nowhere else.
 */
class BuilderMaker extends MakerBase<object> {
  override name = 'electron-builder';
  override defaultPlatforms: ForgePlatform[] = ['darwin', 'linux'];

  override isSupportedOnCurrentPlatform(): boolean {
    return true;
  }

  override async make({ makeDir, targetArch, targetPlatform }: MakerOptions): Promise<string[]> {
    const platform = platforms[targetPlatform];
    const arch = Object.entries(Arch).find(([name]) => name === targetArch)?.[1];
    if (!platform || typeof arch !== 'number')
      throw new Error(`Foredeck is not packaged for ${targetPlatform} ${targetArch}.`);
    return await build({
      targets: platform.createTarget(null, arch),
      // electron-builder.yml is read besides; given again, its lists would be there twice.
      config: { directories: { output: makeDir } },
      publish: 'never',
    });
  }
}

const config: ForgeConfig = {
  packagerConfig: { asar: true, executableName: builderConfig.linux?.executableName ?? 'foredeck' },
  rebuildConfig: { onlyModules: [] },
  makers: [new BuilderMaker({})],
};

export default config;
