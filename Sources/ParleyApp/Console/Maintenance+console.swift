import Accounts
import Blobs
import Chat
import ChatStorage
import Cryptography
import EventLoops
public import JSON
import Logging
import Network

extension Maintenance {
    /// Has a request carried out: by the server that runs on the data, or here where none does.
    ///
    /// Never beside a server: it keeps in memory what rooms and accounts are like, and who is in them.
    public func ask(_ request: ConsoleRequest) async throws(StartError) -> JSONValue {
        guard directory.hasDatabase else { throw StartError(BackupError.noDatabase(path: directory.databasePath)) }
        // A server that starts or stops has the database and takes no requests.
        for _ in 0..<Self.consoleTries {
            switch await ConsoleClient.ask(request, at: directory.consoleSocket) {
            case .answered(let answer): return answer
            case .interrupted:
                throw StartError("The server has not answered; look whether it was done before you ask again.")
            case .unreachable: break
            }
            do {
                return try await askAlone(request)
            } catch StorageError.inUse {
                try? await Task.sleep(for: .milliseconds(100))
            } catch {
                throw StartError(error)
            }
        }
        throw StartError(
            "A server has the database \(directory.databasePath) and takes no commands at \(directory.consoleSocket): "
                + "see its log, or stop it first.")
    }

    private static let consoleTries = 100

    /// Does it without a server, and keeps one from starting meanwhile.
    private func askAlone(_ request: ConsoleRequest) async throws -> JSONValue {
        let random = SecureRandom()
        let keyring = try FernetKeyring(keys: try directory.existingKeys(settings), clock: clock, random: random)
        let jwt = try directory.signer(settings, clock: clock, logger: .disabled)
        var options = SQLiteStore.Options(settings)
        options.lockPatience = 0
        let store = try SQLiteStore(path: directory.databasePath, keyring: keyring, clock: clock, options: options)
        let (passwords, disk) = (BlockingPool(threads: 1, name: "passwords"), BlockingPool(threads: 1, name: "disk"))
        defer {
            passwords.stop()
            disk.stop()
        }
        let accounts = Accounts(
            Accounts.Environment(
                store: store, jwt: jwt, blocking: PoolExecutor(pool: passwords), clock: clock, random: random),
            limits: AccountLimits(settings))
        var environment = Chat.Environment(
            store: store, keyring: keyring, jwt: jwt, blocking: PoolExecutor(pool: passwords), clock: clock,
            random: random)
        environment.files = try BlobFolder(path: directory.filesFolder, pool: disk, random: random)
        let chat = try Application.chat(environment, accounts, settings, .disabled)
        try await accounts.start { _ in }
        try await chat.start { _ in }
        let answer = await OperatorConsole(chat: chat, accounts: accounts, store: store).answer(request)
        await chat.close()
        return answer
    }
}
