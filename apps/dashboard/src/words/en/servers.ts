/** Several Evolution servers: numbers on them, and moves from one to another. Shown only where there is more than one. */
export const servers = {
  servers: {
    label: 'Server',
    hint: 'The Evolution server on which the number is created. It can move to another one later.',
    emptiest: 'Automatic: the one with the fewest numbers',
    option: (name: string, n: number, text: string) =>
      `${name} (${n === 1 ? '1 number' : `${text} numbers`})`,
    optionAway: (name: string) => `${name} (does not answer)`,
    optionUnusable: (name: string) => `${name} (cannot be used now)`,
    filter: 'Filter by server',
    all: 'All servers',
    one: (server: string, n: string) => `${server} (${n})`,
    only: (server: string) => `Numbers on the server ${server}, and those that move to it`,

    move: 'Move to another server',
    moveTitle: (name: string) => `Move ${name} to another server`,
    moveLead: (name: string, from: string) =>
      `${name} is created on the other server, and you scan a QR code with its phone. Until the scan, ${from} serves it as before. Its counters, contacts and settings stay.`,
    target: 'New server',
    begin: 'Show QR code',
    creating: (server: string) => `${server} creates the number and its first code. This takes some seconds…`,
    notMoved: 'The number has not moved.',
    moveConflict: 'The number cannot move there now.',
    targetAway: (to: string, from: string) => `${to} does not answer. The number stays on ${from}.`,
    wasCancelled: 'The move was cancelled.',

    movingMark: (to: string) => `Moving to ${to}`,
    movingTitle: (name: string, to: string) => `Move ${name} to ${to}`,
    stillServes: (from: string, to: string) =>
      `Scan its code to pair the phone with ${to}. Until then ${from} serves the number as before.`,
    continue: 'Continue: show QR code',
    later: 'Continue later',
    cancelMove: 'Cancel the move',
    cancelled: (name: string, server: string) => `The move is cancelled: ${name} stays on ${server}`,
    recording: {
      title: 'The code was scanned',
      more: 'The new server records the phone. This takes some seconds.',
    },
    away: (server: string) => `${server} does not answer`,
    awayMore: (from: string) =>
      `Check that server and the network. This continues automatically when it answers. ${from} serves the number meanwhile.`,
    movedTitle: (name: string, server: string) => `${name} is on ${server}`,
    movedMore: 'It sends from there now. The old server deletes it in two minutes.',

    troubles: {
      away: {
        title: (n: number, names: string) =>
          n === 1 ? `The server ${names} does not answer.` : `These servers do not answer: ${names}.`,
        more: 'The status of the numbers there cannot be read, and none of them can be paired. Other servers are not affected. Check that Evolution runs there, the address, and the network between.',
      },
      unlicensed: {
        title: (n: number, names: string) =>
          n === 1
            ? `The licence of the server ${names} is not activated.`
            : `The licences of these servers are not activated: ${names}.`,
        more: 'Evolution refuses every call there, so the numbers there send nothing. Open its manager (/manager) in a browser and activate the licence.',
      },
      databaseAway: {
        title: (n: number, names: string) =>
          n === 1
            ? `The server ${names} does not reach its own database.`
            : `These servers do not reach their own databases: ${names}.`,
        more: 'Evolution loses what happens there meanwhile: a number that was logged out still reads as connected. Get the database back, then restart Evolution.',
      },
      unusable: {
        title: (n: number, names: string) =>
          n === 1 ? `The server ${names} cannot be used.` : `These servers cannot be used: ${names}.`,
        more: 'The address or the key is not accepted, so the status of the numbers there cannot be read. Settings, Servers shows what is wrong.',
      },
    },
  },
}
