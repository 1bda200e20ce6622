import Bytes
import EngineIO

/// Bodies of POST requests in all their forms: bounded packets, ranges inside the body.
func fuzzEngineIO(_ bytes: borrowing RawSpan) {
    let input = bytes.array
    guard let choice = input.first else { return }
    var body = Array(input.dropFirst())
    if choice & 4 != 0 {
        guard let payload = try? EngineJSONP.payload(of: body.span.bytes) else { return }
        body = payload
    }
    let form: EnginePayloadReader.Form = choice & 3 == 0 ? .separated : choice & 3 == 1 ? .counted : .binary
    var reader = EnginePayloadReader(form: form, maxPackets: 16)
    var count = 0
    do throws(EngineProtocolError) {
        while let packet = try reader.next(in: body.span.bytes) {
            count += 1
            check(packet, in: body)
        }
        let after = try reader.next(in: body.span.bytes)
        precondition(after == nil)
    } catch {
        precondition(!error.description.isEmpty)
    }
    precondition(count <= 16)
}

private func check(_ packet: EnginePacket, in body: [UInt8]) {
    switch packet.content {
    case .text(let range):
        precondition(range.lowerBound >= 0 && range.upperBound <= body.count)
        precondition(UTF8Validator.isValid(body.span.bytes.extracting(range)))
    case .binary(let range): precondition(range.lowerBound >= 0 && range.upperBound <= body.count)
    case .decoded(let content): precondition(content.count <= body.count)
    }
}
