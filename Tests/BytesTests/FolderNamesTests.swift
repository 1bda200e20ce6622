import Bytes
import ParleyTesting
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct FolderNamesTests {
    @Test func `all names are read, but for those of the folder and its parent`() throws {
        let folder = TemporaryFolder()
        #expect(try FolderNames.read(folder.path) == [])
        let names = [".hidden", "a", "b c", "é", String(repeating: "x", count: 255)]
        for name in names { folder.put([], in: name) }
        #expect(try Set(FolderNames.read(folder.path)) == Set(names))
    }

    @Test func `what is no folder is told by its code`() {
        let folder = TemporaryFolder()
        folder.put([], in: "file")
        for (name, code) in [("missing", ENOENT), ("file", ENOTDIR)] {
            let error = #expect(throws: FolderError.self) { try FolderNames.read(folder.file(name)) }
            #expect(error?.code == code)
        }
    }
}
