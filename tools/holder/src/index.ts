export { FolderInUseError, type Hold, type Holder, holdFolder, readHolder } from './hold-folder.ts'
export { lookAtProcess, type ProcessSeen } from './look-at-process.ts'
