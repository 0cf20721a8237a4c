export { FolderInUseError, type Hold, type Holder, holdFolder, readHolder } from './hold-folder.ts'
export { type RunningProcess, readProcess } from './read-process.ts'
