import HTTPWire

extension RequestCorpus {
    /// What two readers could frame differently: the ways of request smuggling.
    static let refusedFraming = [
        RequestExample(
            "a length and chunks", head("Content-Length: 3\r\nTransfer-Encoding: chunked"),
            refused: .lengthAndTransferEncoding),
        RequestExample(
            "chunks and a length", head("Transfer-Encoding: chunked\r\nContent-Length: 0"),
            refused: .lengthAndTransferEncoding),
        RequestExample(
            "a length and an unknown coding", head("Content-Length: 3\r\nTransfer-Encoding: xchunked"),
            refused: .lengthAndTransferEncoding),
        RequestExample(
            "two lengths", head("Content-Length: 3\r\nContent-Length: 4"), refused: .repeatedContentLength),
        RequestExample(
            "two equal lengths", head("Content-Length: 3\r\ncontent-length: 3"), refused: .repeatedContentLength),
        RequestExample("a list of lengths", head("Content-Length: 3, 3"), refused: .invalidContentLength),
        RequestExample("a length with a plus", head("Content-Length: +3"), refused: .invalidContentLength),
        RequestExample("a negative length", head("Content-Length: -3"), refused: .invalidContentLength),
        RequestExample("an empty length", head("Content-Length: "), refused: .invalidContentLength),
        RequestExample("a hexadecimal length", head("Content-Length: 0x3"), refused: .invalidContentLength),
        RequestExample("a length with an exponent", head("Content-Length: 1e3"), refused: .invalidContentLength),
        RequestExample("a length with a blank", head("Content-Length: 1 0"), refused: .invalidContentLength),
        RequestExample("a length with a separator", head("Content-Length: 1_0"), refused: .invalidContentLength),
        RequestExample("digits beyond ASCII", head("Content-Length: ３"), refused: .invalidContentLength),
        RequestExample(
            "a length of 2^63", head("Content-Length: 9223372036854775808"), refused: .invalidContentLength),
        RequestExample(
            "a length of 2^64 + 3", head("Content-Length: 18446744073709551619"), refused: .invalidContentLength),
        RequestExample("the largest length", head("Content-Length: 9223372036854775807"), refused: .bodyTooLarge),
        RequestExample("an unknown coding", head("Transfer-Encoding: gzip"), refused: .unsupportedTransferCoding),
        RequestExample("identity", head("Transfer-Encoding: identity"), refused: .unsupportedTransferCoding),
        RequestExample("xchunked", head("Transfer-Encoding: xchunked"), refused: .unsupportedTransferCoding),
        RequestExample("chunkedx", head("Transfer-Encoding: chunkedx"), refused: .unsupportedTransferCoding),
        RequestExample(
            "another coding first", head("Transfer-Encoding: gzip, chunked"), refused: .unsupportedTransferCoding),
        RequestExample(
            "another coding last", head("Transfer-Encoding: chunked, identity"), refused: .invalidTransferEncoding),
        RequestExample(
            "chunked twice", head("Transfer-Encoding: chunked, chunked"), refused: .invalidTransferEncoding),
        RequestExample(
            "chunked in two fields", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"),
            refused: .invalidTransferEncoding),
        RequestExample(
            "another coding in a second field", head("Transfer-Encoding: chunked\r\nTransfer-Encoding: cow"),
            refused: .invalidTransferEncoding),
        RequestExample(
            "another coding in a first field", head("Transfer-Encoding: cow\r\nTransfer-Encoding: chunked"),
            refused: .unsupportedTransferCoding),
        RequestExample("an empty coding", head("Transfer-Encoding:"), refused: .invalidTransferEncoding),
        RequestExample("only a comma", head("Transfer-Encoding: ,"), refused: .invalidTransferEncoding),
        RequestExample("a comma behind", head("Transfer-Encoding: chunked,"), refused: .invalidTransferEncoding),
        RequestExample("a comma before", head("Transfer-Encoding: ,chunked"), refused: .invalidTransferEncoding),
        RequestExample(
            "chunked in quotes", head("Transfer-Encoding: \"chunked\""), refused: .unsupportedTransferCoding),
        RequestExample(
            "chunked with a parameter", head("Transfer-Encoding: chunked;a=b"), refused: .unsupportedTransferCoding),
        RequestExample(
            "a space before the coding's colon", head("Transfer-Encoding : chunked"), refused: .spaceBeforeColon),
        RequestExample("a vertical tab", head("Transfer-Encoding: \u{b}chunked"), refused: .controlCharacter),
        RequestExample("a form feed", head("Transfer-Encoding: \u{c}chunked"), refused: .controlCharacter),
        RequestExample("a folded coding", head("Transfer-Encoding:\r\n chunked"), refused: .foldedHeader),
        RequestExample(
            "chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            refused: .transferEncodingBeforeHTTP11),
    ]

    /// Faults behind a head that is right.
    static let refusedBodies = [
        body("no chunk size", "\r\n", .invalidChunkSize),
        body("a chunk size that is no number", "g\r\n", .invalidChunkSize),
        body("a chunk size with 0x", "0x1\r\n", .invalidChunkSize),
        body("a signed chunk size", "+1\r\na\r\n", .invalidChunkSize),
        body("a negative chunk size", "-1\r\n", .invalidChunkSize),
        body("a blank before a chunk size", " 1\r\na\r\n", .invalidChunkSize),
        body("a blank behind a chunk size", "1 \r\na\r\n", .invalidChunkSize),
        body("only an extension", ";a\r\n", .invalidChunkSize),
        body("a chunk size of 17 digits", "00000000000000001\r\na\r\n", .invalidChunkSize),
        body("a chunk size of 2^64", "10000000000000000\r\n", .invalidChunkSize),
        body("a chunk size of 2^63", "8000000000000000\r\n", .invalidChunkSize),
        body("a chunk size of 2^63 - 1", "7fffffffffffffff\r\n", .bodyTooLarge),
        body("a chunk size behind a bare LF", "1\na\r\n", .invalidChunkSize),
        body("a chunk size behind a bare CR", "1\ra\r\n", .malformedChunk),
        body("a bare LF in an extension", "1;a\n", .invalidChunkSize),
        body("an extension without name", "1;\r\na\r\n", .invalidChunkSize),
        body("an extension with a blank", "1; a\r\na\r\n", .invalidChunkSize),
        body("an extension with a tab in its name", "1;a\tb\r\na\r\n", .invalidChunkSize),
        body("an extension without value", "1;a=\r\na\r\n", .invalidChunkSize),
        body("an extension with a quote left open", "1;a=\"b\r\na\r\n", .invalidChunkSize),
        body("an extension with text behind its quote", "1;a=\"b\"c\r\na\r\n", .invalidChunkSize),
        body("a NUL in an extension", "1;\0\r\n", .invalidChunkSize),
        body("a bare CR in an extension", "1;a\rb\r\n", .malformedChunk),
        body("a chunk that is too long", "1\r\nab\r\n", .malformedChunk, after: ["body a"]),
        body("a chunk with a bare LF behind", "1\r\na\n", .malformedChunk, after: ["body a"]),
        body("a chunk with a bare CR behind", "1\r\na\r0", .malformedChunk, after: ["body a"]),
        body("a bare LF behind the last chunk", "0\r\n\n", .malformedTrailer),
        body("a bare CR behind the last chunk", "0\r\n\rx", .malformedTrailer),
        body("a trailer without colon", "0\r\nab\r\n\r\n", .malformedTrailer),
        body("a trailer without name", "0\r\n: b\r\n\r\n", .malformedTrailer),
        body("a folded trailer", "0\r\nA: b\r\n c\r\n\r\n", .malformedTrailer),
        body("a trailer with a space before its colon", "0\r\nA : b\r\n\r\n", .malformedTrailer),
        body("a length in the trailer", "0\r\nContent-LENGTH: 1\r\n\r\n", .malformedTrailer),
        body("a coding in the trailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n", .malformedTrailer),
        body("a host in the trailer", "0\r\nhost: b\r\n\r\n", .malformedTrailer),
        body("a trailer with a bare LF", "0\r\nA: b\n\r\n", .malformedTrailer),
        body("a trailer with a bare CR", "0\r\nA: b\rc\r\n", .malformedTrailer),
        RequestExample(
            "rubbish behind a request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n\u{1}",
            ["GET / keep", "end", "refused controlCharacter"]),
    ]

    private static func body(
        _ name: String, _ stream: String, _ error: HTTPError, after lines: [String] = []
    ) -> RequestExample {
        RequestExample(name, chunked(stream), ["POST / keep"] + lines + ["refused \(error)"])
    }
}
