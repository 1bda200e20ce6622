/// What a sweep has found.
public struct BlobSweep: Sendable, Equatable {
    /// Files that the database knows.
    public var kept = 0
    /// Files that it did not know, and that are gone.
    public var orphans = 0
    /// Files that were never finished, and that are gone.
    public var unfinished = 0
    /// What else lies in the folder; it is left alone.
    public var foreign = 0
}

extension BlobFolder {
    /// How many names one question has.
    static let batch = 1000

    /// Removes what a crash has left: unfinished files, and those that are `known` to nobody. Before the first `create`, for
    /// a file under way looks like one of them.
    ///
    /// - Parameter known: which of these files, at most 1,000, the database has. Called on one of the threads; what it
    ///   throws ends the sweep, and removes nothing that was asked for.
    public nonisolated(nonsending) func sweep(
        known: @escaping @Sendable ([BlobID]) throws(BlobError) -> Set<BlobID>
    ) async throws(BlobError) -> BlobSweep {
        try await run { () throws(BlobError) in
            var sweep = BlobSweep()
            var waiting: [BlobID] = []
            for folder in try self.folders(&sweep) {
                for name in try self.calls.names(in: "\(self.path)/\(folder)") {
                    if let id = BlobID(name), id.folder == folder {
                        waiting.append(id)
                    } else {
                        try self.removeUnfinished(name, in: folder, &sweep)
                    }
                    guard waiting.count == Self.batch else { continue }
                    try self.removeOrphans(waiting, known, &sweep)
                    waiting = []
                }
            }
            if !waiting.isEmpty { try self.removeOrphans(waiting, known, &sweep) }
            return sweep
        }
    }

    /// Every `ab/cd` that is there.
    private func folders(_ sweep: inout BlobSweep) throws(BlobError) -> [String] {
        var folders: [String] = []
        for first in try calls.names(in: path) {
            guard Self.isFolderName(first) else {
                sweep.foreign += 1
                continue
            }
            for second in try calls.names(in: "\(path)/\(first)") {
                if Self.isFolderName(second) { folders.append("\(first)/\(second)") } else { sweep.foreign += 1 }
            }
        }
        return folders
    }

    private static func isFolderName(_ name: String) -> Bool {
        name.utf8.count == 2 && name.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }

    private func removeUnfinished(_ name: String, in folder: String, _ sweep: inout BlobSweep) throws(BlobError) {
        guard name.hasSuffix(Self.unfinished), BlobID(name.dropLast(Self.unfinished.count)) != nil else {
            sweep.foreign += 1
            return
        }
        try calls.remove("\(path)/\(folder)/\(name)")
        sweep.unfinished += 1
    }

    private func removeOrphans(
        _ ids: [BlobID], _ known: ([BlobID]) throws(BlobError) -> Set<BlobID>, _ sweep: inout BlobSweep
    ) throws(BlobError) {
        let keep = try known(ids)
        for id in ids {
            if keep.contains(id) {
                sweep.kept += 1
            } else {
                try calls.remove(file(id))
                sweep.orphans += 1
            }
        }
    }
}
