import Accounts
import Bytes
import ParleyTesting
import Testing

@Suite struct SetupTests {
    private static let boss = Registration(handle: "boss", password: "secret123")

    @Test
    func `whoever knows the code becomes administrator, once`() async throws {
        let bureau = try await Bureau()
        #expect(!bureau.accounts.isSetupOpen)
        let code = try #require(try await bureau.accounts.makeSetupCode())
        #expect(code.count == 14 && bureau.accounts.isSetupOpen)
        let spelled = code.lowercased().replacing("-", with: " ")
        let tokens = try await bureau.accounts.setUp(with: spelled, as: Self.boss, on: Device())
        #expect(tokens.account.role == .administrator && !bureau.accounts.isSetupOpen)
        await #expect(throws: AccountError.wrongSetupCode) {
            try await bureau.accounts.setUp(
                with: code, as: Registration(handle: "thief", password: "secret123"), on: Device())
        }
        #expect(try await bureau.accounts.makeSetupCode() == nil)
    }

    @Test
    func `a registration that fails leaves the code good`() async throws {
        let bureau = try await Bureau()
        let code = try #require(try await bureau.accounts.makeSetupCode())
        await #expect(throws: AccountError.reservedHandle) {
            try await bureau.accounts.setUp(
                with: code, as: Registration(handle: "admin", password: "secret123"), on: Device())
        }
        _ = try await bureau.accounts.setUp(with: code, as: Self.boss, on: Device())
    }

    @Test
    func `of many who know the code one becomes administrator`() async throws {
        let bureau = try await Bureau()
        let code = try #require(try await bureau.accounts.makeSetupCode())
        let successes = await withTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    let registration = Registration(handle: "boss\(number)", password: "secret123")
                    return (try? await bureau.accounts.setUp(with: code, as: registration, on: Device())) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(successes == 1)
    }

    @Test
    func `guesses are counted, by address and in all`() async throws {
        let bureau = try await Bureau()
        _ = try await bureau.accounts.makeSetupCode()
        func guess(from address: String) async throws(AccountError) {
            _ = try await bureau.accounts.setUp(
                with: "AAAA-AAAA-AAAA", as: Self.boss, on: Device(address: IPAddress(address)))
        }
        for _ in 0..<10 {
            await #expect(throws: AccountError.wrongSetupCode) { try await guess(from: "192.0.2.1") }
        }
        await #expect(throws: AccountError.tooManyAttempts(retryAfter: 900)) { try await guess(from: "192.0.2.1") }
        for number in 0..<90 {
            await #expect(throws: AccountError.wrongSetupCode) { try await guess(from: "198.51.100.\(number)") }
        }
        await #expect(throws: AccountError.tooManyAttempts(retryAfter: 900)) { try await guess(from: "203.0.113.1") }
    }
}
