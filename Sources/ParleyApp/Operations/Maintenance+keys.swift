public import ChatStorage
import Cryptography
import EventLoops
import Settings

extension Maintenance {
    /// What is under each key of the file, the first one first, and how many rooms are under none.
    public func keyUses() throws(StartError) -> (keys: [KeyRotation.Use], lost: Int) {
        try task { try rotation(try keys()).uses() }
    }

    /// Makes a new key the first of the file and brings every room under it; says the key's name and how many rooms that
    /// were. A server that runs goes on meanwhile.
    public func rotateKeys() async throws(StartError) -> (name: String, rooms: Int) {
        try checkKeyFile()
        let former = try task(keys)
        // Before anything is changed: the keys that are there open what is there.
        _ = try task { try self.rotation(former) }
        let keys = [FernetKey()] + former
        let rotation = try task { () throws -> KeyRotation in
            try SecretsFile.replace(directory.keyFile, with: keys)
            return try self.rotation(keys)
        }
        try await untilAdopted(rotation)
        return (keys[0].name, try task { try rotation.rewrap() })
    }

    /// Brings every room under the first key and takes all others out of the file; says their names.
    public func retireKeys() async throws(StartError) -> [String] {
        try checkKeyFile()
        let keys = try task(keys)
        guard keys.count > 1 else { return [] }
        let rotation = try task { try self.rotation(keys) }
        try await untilAdopted(rotation)
        try task {
            try rotation.retire()
            try SecretsFile.replace(directory.keyFile, with: [keys[0]])
        }
        return keys.dropFirst().map(\.name)
    }

    private func rotation(_ keys: [FernetKey]) throws -> KeyRotation {
        try KeyRotation(directory.databasePath, keys: keys, clock: clock)
    }

    private func checkKeyFile() throws(StartError) {
        guard settings[AppSettings.encryptionKey] == nil else {
            throw StartError(
                "The key is the setting secrets.encryption; put it as text into \(directory.keyFile), in the form that "
                    + "`parley keys list` reads, and unset it, before keys can be changed.")
        }
    }

    /// Waits until a server that runs has taken over the file's first key, and takes its place where none runs.
    private func untilAdopted(_ rotation: KeyRotation) async throws(StartError) {
        for _ in 0..<300 {
            if try task({ try rotation.isAdopted() }) { return }
            if try task({ try rotation.adoptUnlessServed() }) { return }
            try? await Task.sleep(for: .milliseconds(100))
        }
        throw StartError(
            "The server has not taken over the new key, which is in \(directory.keyFile): see its log, restart it, and "
                + "run this again.")
    }
}
