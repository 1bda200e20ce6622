import Bytes
import JSON

/// The polling transport of pages that cannot ask another way: answers are scripts, posts are forms.
public enum EngineJSONP {
    /// The digits of a `j` parameter, the only part of it that is ever written into a script; at most ten of them.
    public static func index(_ parameter: String) -> String {
        let digits = parameter.utf8.lazy.filter { $0 &- 0x30 < 10 }.prefix(10)
        return digits.isEmpty ? "0" : String(decoding: Array(digits), as: UTF8.self)
    }

    /// The script that hands `payload`, which is UTF-8, to the page.
    static func script(_ payload: RawSpan, index: String) -> [UInt8] {
        var script = Array("___eio[\(index)](".utf8)
        let start = script.count
        JSONPrinter.append(content: payload, to: &script)
        escapeLineSeparators(in: &script, from: start)
        script.append(contentsOf: ");".utf8)
        return script
    }

    /// U+2028 and U+2029 may stand in JSON but end a line in a script.
    private static func escapeLineSeparators(in script: inout [UInt8], from start: Int) {
        guard script[start...].contains(0xe2) else { return }
        var escaped = Array(script[..<start])
        var index = start
        while index < script.count {
            let isSeparator =
                script[index] == 0xe2 && index + 2 < script.count && script[index + 1] == 0x80
                && (script[index + 2] == 0xa8 || script[index + 2] == 0xa9)
            if isSeparator {
                escaped.append(contentsOf: (script[index + 2] == 0xa8 ? "\\u2028" : "\\u2029").utf8)
            } else {
                escaped.append(script[index])
            }
            index += isSeparator ? 3 : 1
        }
        script = escaped
    }

    /// The payload in the form field `d` of a POST body.
    ///
    /// Forms change line ends, so the client writes a line feed as `\n` and a real `\n` as `\\n`.
    public static func payload(of body: RawSpan) throws(EngineProtocolError) -> [UInt8] {
        guard let field = field(in: body) else { throw .invalidForm }
        return unescaped(try percentDecoded(body.extracting(field)))
    }

    private static func field(in body: RawSpan) -> Range<Int>? {
        var start = 0
        while start < body.byteCount {
            var end = start
            while end < body.byteCount, body.byte(at: end) != UInt8(ascii: "&") { end += 1 }
            if end - start >= 2, body.byte(at: start) == UInt8(ascii: "d"),
                body.byte(at: start + 1) == UInt8(ascii: "=")
            {
                return start + 2..<end
            }
            start = end + 1
        }
        return nil
    }

    private static func percentDecoded(_ text: RawSpan) throws(EngineProtocolError) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.byteCount)
        var index = 0
        while index < text.byteCount {
            let byte = text.byte(at: index)
            index += 1
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard index + 2 <= text.byteCount, let high = Hex.value(of: text.byte(at: index)),
                    let low = Hex.value(of: text.byte(at: index + 1))
                else { throw .invalidForm }
                decoded.append(high << 4 | low)
                index += 2
            default: decoded.append(byte)
            }
        }
        return decoded
    }

    private static func unescaped(_ text: [UInt8]) -> [UInt8] {
        let backslash = UInt8(ascii: "\\")
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let rest = text[index...].prefix(3)
            if rest.elementsEqual([backslash, backslash, UInt8(ascii: "n")]) {
                result.append(contentsOf: [backslash, UInt8(ascii: "n")])
                index += 3
            } else if rest.prefix(2).elementsEqual([backslash, UInt8(ascii: "n")]) {
                result.append(0x0a)
                index += 2
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }
}
