/** What crosses between preload and main; nothing else does. */

/** Page to main: asks for the stream at a path of `LocalStreamPath`. */
export const openStreamChannel = 'foredeck:open-stream';

/** Main to page: the path asked for; its one port carries the stream. */
export const streamOpenedChannel = 'foredeck:stream-opened';

/** Main to page and, unchanged, back: a number which tells that the page's thread has come round. */
export const flowMarkChannel = 'foredeck:flow-mark';

/** Page to main: asks for the desktop's dialog for choosing a folder. */
export const chooseFolderChannel = 'foredeck:choose-folder';

/** Main to page: the folder chosen in it, null when it was cancelled. */
export const folderChosenChannel = 'foredeck:folder-chosen';

/** Main to page: the path of the screen to show. */
export const navigateChannel = 'foredeck:navigate';
