import Media
import Testing

@Suite("Names of files")
struct FileNameTests {
    @Test(arguments: [
        ("a b.png", "a b.png"), ("../../etc/passwd", "passwd"), ("C:\\dir\\x.txt", "x.txt"), ("/", "file"),
        ("", "file"),
        ("..", "file"), (".", "file"), ("...", "file"), (".hidden", "hidden"), ("x. ", "x"),
        ("a\u{0}b\n.txt", "ab.txt"),
        ("invoice\u{202e}gnp.exe", "invoicegnp.exe"), ("\u{200b}\u{feff}", "file"), ("a<b>:\"|?*.txt", "a_b______.txt"),
        ("é€🙂.txt", "é€🙂.txt"), ("👩\u{200d}💻.png", "👩\u{200d}💻.png"), ("a/", "a"), ("dir/\u{1}", "file"),
        ("line\u{2028}end", "lineend"), ("a\u{600}/b", "b"), ("x/\u{301}b", "\u{301}b"),
    ])
    func `a name is cleaned`(name: String, clean: String) {
        #expect(FileName.clean(name) == clean)
    }

    @Test func `a name is cut, its ending is kept`() {
        let long = String(repeating: "a", count: 255)
        #expect(FileName.clean(long) == long)
        #expect(FileName.clean(long + "a") == long)
        #expect(FileName.clean(long + ".png") == String(repeating: "a", count: 251) + ".png")
        #expect(FileName.clean(String(repeating: "é", count: 200)).utf8.count == 254)
        #expect(FileName.clean("a." + String(repeating: "b", count: 300)).utf8.count == 255)
    }
}
