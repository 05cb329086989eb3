/**
 * Devices whose opening can have an effect: a watchdog reboots the host, reading a kernel pipe
 * empties it.
 */
const DEVICE =
  /^(?:if=)?\/dev\/(?!(?:null|zero|u?random|std(?:in|out|err)|tty|fd|shm|sd[a-z]|nvme|x?vd[a-z]|md|dm-|mapper|disk|loop)\b|(?:sd|x?vd)[a-z]\d|nvme\d|md\d|dm-\d|loop\d)|^\/sys\/kernel\/(?:debug|tracing)/;

/** The worst of them, which many paths lead to: `//dev/watchdog`, `/proc/1/root/dev/watchdog`. */
const NAME = /\/(?:watchdog\d*|kmsg|trace_pipe)$/;

/** Folders of devices: in them, a name without a slash is one. */
const FOLDER = /^(?:.*\/)?dev\/*$|^\/sys\/kernel\/(?:debug|tracing)/;

/** Tells whether opening a file can have an effect. */
export function isDevice(name: string): boolean {
  return DEVICE.test(name) || NAME.test(name);
}

/** Tells whether a folder holds devices. */
export function holdsDevices(name: string): boolean {
  return FOLDER.test(name);
}
