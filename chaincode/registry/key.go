package registry

// Object types: the first attribute of every ledger key.
const (
	ObjectNetwork     = "NET" // NET
	ObjectDay         = "DAY" // DAY
	ObjectParty       = "PTY" // PTY, party
	ObjectAppointment = "APT" // APT, office, holder
	ObjectKey         = "KEY" // KEY, key id
	ObjectProfile     = "RPF" // RPF, track, version; RPF, track: the index
	ObjectCalendar    = "CAL" // CAL, year, version; CAL, year: the current one
	ObjectApplication = "APP" // APP, id
	ObjectAsset       = "AST" // AST, id
	ObjectCertificate = "CRT" // CRT, number
	ObjectObjection   = "OBJ" // OBJ, application, number
	ObjectDispute     = "DSP" // DSP, asset, number
	ObjectNotice      = "NTC" // NTC, application or asset, number
	ObjectLimit       = "LIM" // LIM, asset, number
	ObjectVersion     = "VER" // VER, asset, version: what an earlier certificate certified
	ObjectDeposit     = "EVD" // EVD, cid
	ObjectItem        = "CAT" // CAT, resource code
	ObjectEnterprise  = "ECE" // ECE, id: entry of the enterprise catalogue
	ObjectShare       = "SHR" // SHR, id
	ObjectPurchase    = "PUR" // PUR, id
	ObjectOpenItem    = "OPN" // OPN, resource code
	ObjectOpenPlan    = "OPL" // OPL, region, year
	ObjectInspection  = "FIN" // FIN, asset, number
	ObjectLock        = "LCK" // LCK, digest
	ObjectSerial      = "SER" // SER, track, region, YYYYMM
	ObjectAccount     = "ACC" // ACC, MSP, enrolment id
	ObjectContract    = "CTR" // CTR, id
	ObjectMandate     = "MDT" // MDT, id
	ObjectGrant       = "GRT" // GRT, id
	ObjectMatter      = "SUP" // SUP, id
	ObjectSubmission  = "SBM" // SBM, id
	ObjectBatch       = "REC" // REC, id
	ObjectPlan        = "PLN" // PLN, id
	ObjectHead        = "HED" // HED, grant
	ObjectUsage       = "USE" // USE, grant, first sequence number
	ObjectIdempotency = "IDK" // IDK, person, key
)
