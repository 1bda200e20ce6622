import Bytes
import ParleyApp
import Settings

/// Settings files and values: any text is taken or refused with one sentence, and each value taken is written as it is read.
func fuzzSettings(_ bytes: borrowing RawSpan) {
    let text = String(decoding: bytes.array, as: UTF8.self)
    do throws(SettingsError) {
        let settings = try AppSettings.catalog.load(arguments: ["--config", "file"], environment: [:]) { _ in text }
        precondition(!settings.report.isEmpty)
    } catch {
        precondition(!error.description.contains { $0.isNewline })
    }
    for setting in AppSettings.catalog.settings {
        guard let (_, canonical) = setting.parse(text), !setting.isList else { continue }
        precondition(setting.parse(canonical)?.text == canonical)
    }
}
