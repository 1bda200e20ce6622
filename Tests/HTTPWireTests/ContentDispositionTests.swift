import HTTPWire
import Testing

@Suite("Content-Disposition")
struct ContentDispositionTests {
    @Test(arguments: [
        ("form-data; name=a", "form-data", "a", nil), ("FORM-DATA ; Name=\"a b\"", "form-data", "a b", nil),
        ("form-data; name=\"a;b\"; filename=\"x=\\\"y\\\".txt\"", "form-data", "a;b", "x=\"y\".txt"),
        ("form-data; name=a; filename=\"C:\\dir\\x.txt\"", "form-data", "a", "C:\\dir\\x.txt"),
        ("form-data; name=a; filename=\"é.png\"", "form-data", "a", "é.png"),
        ("form-data; name=a; filename=\"e.png\"; filename*=UTF-8''%C3%A9.png", "form-data", "a", "é.png"),
        ("form-data; name=a; filename*=utf-8'en'x%20y", "form-data", "a", "x y"),
        ("attachment; filename=\"\"", "attachment", nil, ""), ("inline", "inline", nil, nil),
    ])
    func `a field is read`(text: String, type: String, name: String?, fileName: String?) throws {
        let field = try #require(ContentDisposition(text))
        #expect(field.type == type && field.name == name && field.fileName == fileName)
    }

    @Test(arguments: [
        "", ";", "form data", "form-data; name", "form-data; name=a b", "form-data; name=\"a",
        "form-data; name=\"a\"b\"",
        "form-data; name=a; name=b", "form-data; filename=a; filename=a", "form-data; filename*=x",
        "form-data; filename*=iso-8859-1''x", "form-data; filename*=UTF-8''%C3", "form-data; filename*=UTF-8''%zz",
        "form-data; filename*=UTF-8''a b", "form-data; name=\"\u{1}\"",
    ])
    func `what is no field is refused`(text: String) {
        #expect(ContentDisposition(text) == nil)
    }

    @Test func `the field of an answer names a file for old and new clients`() {
        #expect(
            ContentDisposition.value(isInline: false, fileName: "é \"x\".txt")
                == "attachment; filename=\"_ _x_.txt\"; filename*=UTF-8''%C3%A9%20%22x%22.txt")
        #expect(ContentDisposition.value(isInline: true, fileName: "a.png").hasPrefix("inline; filename=\"a.png\";"))
        #expect(!ContentDisposition.value(isInline: true, fileName: "a\r\nX: y").contains("\n"))
    }
}
